-- Which database this is, so that an index made from another one is noticed.
create table installation (
    id   uuid not null default gen_random_uuid(),
    single boolean primary key default true check (single)
);
insert into installation default values;
