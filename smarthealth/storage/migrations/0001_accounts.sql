-- Who may use the server.

create table app_user (
    id            bigint generated always as identity primary key,
    email         text not null unique check (email = lower(email) and email like '_%@_%'),
    full_name     text not null check (full_name <> ''),
    role          text not null check (role in ('clinician', 'patient', 'admin')),
    password_hash text not null,
    created_at    timestamptz not null default now(),
    disabled_at   timestamptz
);
