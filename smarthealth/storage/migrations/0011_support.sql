-- The support chat: whose car it is, what the workshop does and when, what was said, who asked for a person, what documents say.
-- No row of app_user is referred to, as with sessions.

create table support_customer (
    id         bigint generated always as identity primary key,
    user_id    bigint not null,          -- who named the customer first
    reference  text check (reference <> ''),  -- as clients call the customer; null for a user's own
    created_at timestamptz not null default now()
);
create unique index support_customer_reference on support_customer (reference) where reference is not null;
create unique index support_customer_own on support_customer (user_id) where reference is null;

create table support_vehicle (
    id           bigint generated always as identity primary key,
    customer_id  bigint not null references support_customer on delete cascade,
    registration text not null default '',   -- upper case, letters and digits only; empty where it was not told
    unique (customer_id, registration)
);

create table support_service (
    code     text primary key,
    name_en  text not null,
    name_es  text not null,
    minutes  integer not null check (minutes between 5 and 600),
    price    numeric(10, 2) not null check (price >= 0),
    position integer not null
);

create table support_appointment (
    id         bigint generated always as identity primary key,
    vehicle_id bigint not null references support_vehicle on delete cascade,
    service    text not null references support_service,
    price      numeric(10, 2) not null,      -- as agreed when it was booked
    bay        integer not null check (bay > 0),
    during     tstzrange not null check (not isempty(during)),
    state      text not null default 'booked' check (state in ('booked', 'cancelled', 'done')),
    made_at    timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    -- a bay as a range of one, so that no extension is needed
    constraint support_appointment_bay_taken
        exclude using gist (int4range(bay, bay, '[]') with &&, during with &&) where (state = 'booked')
);
-- said twice is booked once: a vehicle has one open appointment for a service
create unique index support_appointment_once on support_appointment (vehicle_id, service) where state = 'booked';
create index support_appointment_of_vehicle on support_appointment (vehicle_id, id);
create index support_appointment_service on support_appointment (service);

create table support_session (
    session_id  uuid primary key references chat_session on delete cascade,
    customer_id bigint references support_customer on delete set null,
    state       jsonb not null default '{}' check (jsonb_typeof(state) = 'object'),
    updated_at  timestamptz not null default now()
);
create index support_session_customer on support_session (customer_id);

create table support_message (
    id         bigint generated always as identity primary key,
    session_id uuid not null references chat_session on delete cascade,
    message_id uuid not null unique,
    author     text not null check (author in ('customer', 'assistant', 'person')),
    content    text not null,
    agent      text,
    answers    uuid,                     -- the message that it answers
    at         timestamptz not null,
    edited_at  timestamptz,
    read_at    timestamptz
);
create index support_message_of_session on support_message (session_id, id);

create table support_ticket (
    id         bigint generated always as identity primary key,
    session_id uuid not null references chat_session on delete cascade,
    user_id    bigint not null,
    reason     text not null,
    question   text not null,
    state      text not null default 'open' check (state in ('open', 'joined', 'closed')),
    operator   text,
    opened_at  timestamptz not null default now(),
    closed_at  timestamptz
);
create unique index support_ticket_once on support_ticket (session_id) where state <> 'closed';
create index support_ticket_waiting on support_ticket (state, id);

create sequence support_document_revision;
create table support_document (
    path        text primary key,        -- absolute, on the machine that imported it
    root        text not null,           -- the path that was asked to be imported: the file itself, or a folder above it
    name        text not null,           -- as answers cite it
    digest      text not null,
    title       text not null,
    size        bigint not null,
    passages    jsonb not null check (jsonb_typeof(passages) = 'array'),
    revision    bigint not null default nextval('support_document_revision'),
    imported_at timestamptz not null default now()
);
