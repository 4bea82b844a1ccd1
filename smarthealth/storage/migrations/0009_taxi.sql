-- Conversations with the taxi dispatcher, and what came of them. A thread belongs to who opened it; user_id is null when nobody
-- was signed in. As with sessions, no row of app_user is referred to.

create table taxi_thread (
    id        uuid primary key,
    user_id   bigint,
    state     jsonb not null default '{}' check (jsonb_typeof(state) = 'object'),   -- agent and order, as the application writes them
    bookings  integer not null default 0,                                           -- dispatched so far; the next has the next number
    opened_at timestamptz not null default now(),
    used_at   timestamptz not null default now()
);
create index taxi_thread_age on taxi_thread (used_at);

create table taxi_message (
    id           bigint generated always as identity primary key,
    thread_id    uuid not null references taxi_thread on delete cascade,
    role         text not null check (role in ('user', 'assistant', 'tool')),
    agent        text,
    content      text not null,
    tool_calls   jsonb not null default '[]' check (jsonb_typeof(tool_calls) = 'array'),
    tool_call_id text,
    at           timestamptz not null
);
create index taxi_message_of_thread on taxi_message (thread_id, id);

-- A booking outlives its thread. (thread_id, number) makes a repeated or interrupted dispatch one row.
create table taxi_booking (
    id               bigint generated always as identity primary key,
    thread_id        uuid not null,
    number           integer not null check (number > 0),
    user_id          bigint,
    status           text not null default 'pending' check (status in ('pending', 'dispatched', 'cancelled')),
    destination      text not null,
    zone             text not null,
    sector           text not null,
    pickup           text,              -- null: the driver calls
    pickup_zone      text,
    pickup_sector    text,
    fare             integer not null check (fare > 0),     -- pesos
    fare_is_estimate boolean not null,
    payment          text not null,
    features         text[] not null default '{}',
    observation      text,
    name             text,
    phone            text,
    wanted           text,              -- for when, in the person's words; null: now
    created_at       timestamptz not null default now(),
    unique (thread_id, number)
);
create index taxi_booking_of_user on taxi_booking (user_id, id);

-- What the fleet's backend made of a booking.
create table taxi_service (
    booking_id    bigint primary key references taxi_booking on delete cascade,
    backend       text not null,
    reference     text not null,
    dispatched_at timestamptz not null default now()
);

create table taxi_cancellation (
    booking_id   bigint primary key references taxi_booking on delete cascade,
    reason       text not null,
    cancelled_at timestamptz not null default now()
);

-- Who asked for a person: a list that people work through.
create table taxi_handover (
    id           bigint generated always as identity primary key,
    thread_id    uuid not null,
    user_id      bigint,
    phone        text,
    reason       text not null,
    requested_at timestamptz not null default now()
);
create index taxi_handover_of_thread on taxi_handover (thread_id, id);
