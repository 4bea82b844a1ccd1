-- What people told of their health, as the doctor application writes it: a JSON object, merged by the application. A profile
-- belongs to a signed-in user, or to one session of somebody who is not. No row of app_user is referred to, as with sessions.

create table health_profile (
    user_id    bigint primary key,
    profile    jsonb not null check (jsonb_typeof(profile) = 'object'),
    updated_at timestamptz not null default now()
);

create table session_profile (
    session_id uuid primary key references chat_session on delete cascade,
    profile    jsonb not null check (jsonb_typeof(profile) = 'object'),
    updated_at timestamptz not null default now()
);
