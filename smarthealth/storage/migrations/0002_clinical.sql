-- Patients and what their records say. One table holds every kind of clinical entry, since every question asks the same
-- of all of them: of this patient, of this kind, with this name, in this time, which came first, last, how many.

create table patient (
    id          bigint generated always as identity primary key,
    fhir_id     text not null unique,
    full_name   text not null,
    gender      text,
    birth_date  date,
    died_on     date,
    city        text,
    -- moves with every change of the patient's entries; the index compares it with what it holds
    revision    bigint not null default 1,
    indexed_revision bigint not null default 0
);
create index patient_to_index on patient (id) where revision <> indexed_revision;

create table patient_identifier (
    document_type   smallint not null check (document_type between 1 and 13),
    -- without spaces, dots and hyphens, upper-cased; leading zeros count
    document_number text not null check (document_number <> ''),
    patient_id      bigint not null references patient on delete cascade,
    written_as      text not null,
    system          text,
    primary key (document_type, document_number)
);
create index patient_identifier_patient on patient_identifier (patient_id);

create table practitioner (
    id        bigint generated always as identity primary key,
    fhir_id   text not null unique,
    full_name text not null,
    specialty text
);
create table practitioner_identifier (
    system          text not null,
    value           text not null,
    practitioner_id bigint not null references practitioner on delete cascade,
    primary key (system, value)
);

create table organization (
    id      bigint generated always as identity primary key,
    fhir_id text not null unique,
    name    text not null
);
create table organization_identifier (
    system          text not null,
    value           text not null,
    organization_id bigint not null references organization on delete cascade,
    primary key (system, value)
);

create table record (
    id           bigint generated always as identity primary key,
    patient_id   bigint not null references patient on delete cascade,
    kind         text not null check (kind in ('encounter', 'condition', 'observation', 'medication', 'allergy',
                     'procedure', 'immunization', 'report', 'document', 'careplan')),
    fhir_id      text not null unique,      -- Type/id; a component of an observation is Type/id#n
    parent_id    bigint references record on delete cascade,     -- a component's observation, a result's report
    encounter_id bigint references record on delete set null,
    code         text,
    code_system  text,
    display      text not null,             -- as the record has it
    category     text,                      -- vital-signs, laboratory, ambulatory, …
    status       text,                      -- as the record has it: active, resolved, stopped, superseded, …
    started_on   date,                      -- the day as written in the record, whatever its time zone
    started_at   timestamptz,
    ended_on     date,
    value        double precision,
    unit         text,
    value_text   text,                      -- a value that is no quantity
    range_low    double precision,
    range_high   double precision,
    dosage       text,
    severity     text,                      -- criticality of an allergy, severity of a condition
    reason       text,
    body         text,                      -- text of a document, conclusion of a report
    organization_id bigint references organization on delete set null
);
create index record_of_patient on record (patient_id, kind, started_at);

create table attendance (
    record_id       bigint not null references record on delete cascade,
    practitioner_id bigint not null references practitioner on delete cascade,
    role            text not null default 'participant',
    primary key (record_id, practitioner_id, role)
);
