-- What entries say of themselves beside the day: at which hour, by the clock of the record. Who the patient's own doctor is,
-- or practice. And who looks after the patient together: a care team is an entry like any other.

alter table record
    add column clock     text,      -- HH:MM as written, whatever the time zone; null where only a day is known
    add column end_clock text;

alter table patient
    add column practitioner_id bigint references practitioner on delete set null,   -- general practitioner
    add column practice_id     bigint references organization on delete set null;
create index patient_of_practitioner on patient (practitioner_id) where practitioner_id is not null;
create index patient_of_practice on patient (practice_id) where practice_id is not null;

alter table record drop constraint record_kind_check;
alter table record add constraint record_kind_check check (kind in ('encounter', 'condition', 'observation', 'medication',
    'allergy', 'procedure', 'immunization', 'report', 'document', 'careplan', 'family', 'careteam'));
