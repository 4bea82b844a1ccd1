-- What else a record says of whom it is about: how to reach them, where they live, what they speak, whether they are married,
-- whom to call. And what it says of their relatives, which is an entry like any other: `family`, a component for each disease.
-- What was entered in error stays by name and day alone, with that verification, so that it can be told as such.

alter table patient
    add column phone          text,
    add column email          text,
    add column address        text,
    add column language       text,
    add column marital_status text,
    add column contact        text;         -- whom to call: relationship, name, number

alter table record drop constraint record_kind_check;
alter table record add constraint record_kind_check check (kind in ('encounter', 'condition', 'observation', 'medication',
    'allergy', 'procedure', 'immunization', 'report', 'document', 'careplan', 'family'));
