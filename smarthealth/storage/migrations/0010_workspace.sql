-- Conversations of the workspace application: who opened each, who was invited by a link, and what was said and done in it.
-- A conversation without an owner is open to every client without a token. No row of app_user is referred to, as with sessions.

create table workspace_conversation (
    id        bigint generated always as identity primary key,
    name      text not null unique check (char_length(name) between 1 and 128),
    owner_id  bigint,
    opened_at timestamptz not null default now(),
    used_at   timestamptz not null default now()
);
create index workspace_conversation_used on workspace_conversation (used_at);

-- Written as it happens: the message with the calls before any of them runs, each result when it is there. So a call without
-- a result is one that the process did not live to answer.
create table workspace_message (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references workspace_conversation on delete cascade,
    role            text not null check (role in ('user', 'assistant', 'tool')),
    content         text not null,
    calls           text not null default '[]',
    call_id         text,
    detail          text,
    author          text,
    at              timestamptz not null default now(),
    check ((role = 'tool') = (call_id is not null))
);
create index workspace_message_conversation on workspace_message (conversation_id, id);

-- The token itself is known to whoever has the link, and kept nowhere.
create table workspace_invite (
    id              bigint generated always as identity primary key,
    conversation_id bigint not null references workspace_conversation on delete cascade,
    token_hash      bytea not null unique,
    role            text not null check (role in ('viewer', 'editor')),
    created_at      timestamptz not null default now(),
    expires_at      timestamptz not null
);
create index workspace_invite_conversation on workspace_invite (conversation_id);
