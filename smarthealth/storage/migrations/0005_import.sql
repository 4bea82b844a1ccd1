-- How far each import has come, and what it still has to place.

-- Another name by which resources refer to one: Practitioner?identifier=system|value, PractitionerRole/id, and the
-- fullUrl of a bundle's entry that differs from its id.
create table fhir_alias (
    alias   text primary key,
    fhir_id text not null
);
create index fhir_alias_of on fhir_alias (fhir_id);

create table medication (
    id           bigint generated always as identity primary key,
    fhir_id      text not null unique,
    code         text,
    code_system  text,
    display      text not null,
    content_hash text,
    last_updated timestamptz
);

-- A file that changed since, by size or time, is a new file. Its position is written with the resources before it, in one
-- transaction, so that an import that was killed goes on exactly there.
create table import_file (
    id          bigint generated always as identity primary key,
    path        text not null unique,
    size        bigint not null,
    modified_ns bigint not null,
    position    bigint not null default 0,          -- lines or entries done
    state       text not null default 'reading' check (state in ('reading', 'read', 'finished')),
    tally       jsonb not null default '{}'         -- resource type to outcome to count
);

-- Resources whose references point to what has not been read yet.
create table import_waiting (
    id       bigint generated always as identity primary key,
    file_id  bigint not null references import_file on delete cascade,
    rank     smallint not null,                     -- order of placing: who is referred to comes first
    position bigint not null,
    resource text not null                          -- as extracted, JSON
);
create index import_waiting_order on import_waiting (rank, id);
create index import_waiting_of_file on import_waiting (file_id);

-- Which entry brought each resource of the running import: a second one of the same id is no new version.
create table import_seen (
    fhir_id  text primary key,
    file_id  bigint not null references import_file on delete cascade,
    position bigint not null,
    refused  boolean not null default false
);
create index import_seen_of_file on import_seen (file_id);

create table import_failure (
    file_id       bigint not null references import_file on delete cascade,
    position      bigint not null,
    resource_type text not null,
    reason        text not null                     -- never a value from the resource
);
create index import_failure_of_file on import_failure (file_id, position);
