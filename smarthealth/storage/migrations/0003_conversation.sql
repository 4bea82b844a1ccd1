-- What was asked and answered in a session. A session belongs to who opened it; user_id is null when nobody was signed in.
-- It refers to no row of app_user: a token may come from another issuer.

create table chat_session (
    id          uuid primary key,       -- chosen by the client
    application text not null,
    user_id     bigint,
    opened_at   timestamptz not null default now(),
    used_at     timestamptz not null default now()
);
create index chat_session_of_user on chat_session (user_id, used_at);
create index chat_session_age on chat_session (used_at);

create table chat_exchange (
    id         bigint generated always as identity primary key,
    session_id uuid not null references chat_session on delete cascade,
    patient_id bigint references patient on delete cascade,
    question   text not null,
    answer     text not null,
    at         timestamptz not null
);
create index chat_exchange_of_session on chat_exchange (session_id, id);
create index chat_exchange_of_patient on chat_exchange (patient_id);
