-- Who looked at whose record, when, from where, and what came of it. Rows are added and never changed: the triggers refuse
-- everything else, to the table's owner and to replication too. No question, answer, name or document number is kept here, and no foreign
-- key, so that a row outlives whom it is about.

create table audit_entry (
    id          bigint generated always as identity primary key,
    at          timestamptz not null default clock_timestamp(),
    event       text not null check (event <> ''),
    outcome     text not null check (outcome <> ''),
    application text,
    user_id     bigint,
    address     text,
    patient_id  bigint,
    session_id  uuid,
    turn_id     text,
    duration    double precision check (duration >= 0)      -- seconds
);
create index audit_entry_time on audit_entry (at);
create index audit_entry_of_user on audit_entry (user_id, at);
create index audit_entry_of_patient on audit_entry (patient_id, at);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'audit entries are never changed' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entry_is_append_only before update or delete on audit_entry
    for each row execute function refuse_audit_change();
create trigger audit_entry_is_not_emptied before truncate on audit_entry
    for each statement execute function refuse_audit_change();
alter table audit_entry enable always trigger audit_entry_is_append_only;
alter table audit_entry enable always trigger audit_entry_is_not_emptied;
