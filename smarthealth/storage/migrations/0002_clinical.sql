-- Patients and what their records say. One table holds every kind of clinical entry, since every question asks the same
-- of all of them: of this patient, of this kind, with this name, in this time, which came first, last, how many.
--
-- content_hash is over everything stored of a resource, references resolved; equal hashes mean there is nothing to write.
-- last_updated is the resource's meta.lastUpdated: an older version never replaces a newer one.

create table patient (
    id          bigint generated always as identity primary key,
    fhir_id     text not null unique,       -- Patient/id
    full_name   text not null,              -- as the record has it
    search_name text not null,              -- folded for look-up: small letters, no accents, no digits glued to a name
    gender      text,
    birth_date  date,                       -- the first day of the year or month where only that is known
    birth_precision text check (birth_precision in ('year', 'month', 'day')),
    deceased    boolean not null default false,
    died_on     date,
    city        text,
    content_hash text,
    last_updated timestamptz,
    -- moves with every change of the patient's entries; the index compares it with what it holds
    revision    bigint not null default 1,
    indexed_revision bigint not null default 0
);
create index patient_to_index on patient (id) where revision <> indexed_revision;
create index patient_by_name on patient (search_name, id);
create index patient_by_words on patient using gin (to_tsvector('simple', search_name));

create table patient_identifier (
    document_type   smallint not null check (document_type between 1 and 13),
    -- without spaces, dots and hyphens, upper-cased; leading zeros count
    document_number text not null check (document_number <> ''),
    patient_id      bigint not null references patient on delete cascade,
    written_as      text not null,
    system          text,
    rank            smallint not null default 0,    -- among the patient's own; the lowest is the one to show
    primary key (document_type, document_number)
);
create index patient_identifier_patient on patient_identifier (patient_id, rank);
create index patient_identifier_prefix on patient_identifier (document_number text_pattern_ops);

-- A practitioner or organization whom resources name without there being a resource of their own has no content_hash.
create table practitioner (
    id        bigint generated always as identity primary key,
    fhir_id   text not null unique,
    full_name text not null,
    specialty text,
    content_hash text,
    last_updated timestamptz
);

create table organization (
    id      bigint generated always as identity primary key,
    fhir_id text not null unique,
    name    text not null,
    content_hash text,
    last_updated timestamptz
);

create table record (
    id           bigint generated always as identity primary key,
    patient_id   bigint not null references patient on delete cascade,
    kind         text not null check (kind in ('encounter', 'condition', 'observation', 'medication', 'allergy',
                     'procedure', 'immunization', 'report', 'document', 'careplan')),
    fhir_id      text not null unique,      -- Type/id; an observation's component[n] is Type/id#n
    component    smallint,                  -- n; null for what is a resource itself
    parent_id    bigint references record on delete set null,   -- a component's observation, a result's report
    encounter_id bigint references record on delete set null,
    code         text,
    code_system  text,                      -- URI, as in FHIR
    display      text not null,             -- as the record has it
    category     text,                      -- vital-signs, laboratory, ambulatory, …
    status       text,                      -- as the record has it: active, resolved, stopped, superseded, …
    verification text,                      -- of a condition or allergy: confirmed, unconfirmed, provisional, refuted, …
    started_on   date,                      -- the day as written in the record, whatever its time zone
    started_at   timestamptz,
    precision    text check (precision in ('year', 'month', 'day', 'instant')),    -- of what is written
    ended_on     date,
    value        double precision,
    unit         text,
    value_text   text,                      -- a value that is no plain quantity; the reaction to an allergen
    range_low    double precision,
    range_high   double precision,
    interpretation text,                    -- the laboratory's own: H, L, N, …
    dosage       text,
    severity     text,                      -- criticality of an allergy, severity of a condition
    reason       text,
    body         text,                      -- text of a document, conclusion of a report, notes
    organization_id bigint references organization on delete set null,
    content_hash text,
    last_updated timestamptz
);
create index record_of_patient on record (patient_id, kind, started_at);
create index record_of_parent on record (parent_id) where parent_id is not null;
create index record_of_encounter on record (encounter_id) where encounter_id is not null;
create index record_of_organization on record (organization_id) where organization_id is not null;

create table attendance (
    record_id       bigint not null references record on delete cascade,
    practitioner_id bigint not null references practitioner on delete cascade,
    role            text not null default 'participant',
    primary key (record_id, practitioner_id, role)
);
create index attendance_of_practitioner on attendance (practitioner_id);
