-- +goose Up
create table keys (
    id text primary key,
    proof text not null
);
create table accounts (
    name text primary key,
    responder text not null,
    disabled boolean not null,
    proof text not null,
    earlier text not null,
    proof_at bigint not null,
    seed bytea,
    step bigint not null,
    subject text not null,
    made_at bigint not null,
    seen_at bigint not null
);
create table grants (
    name text not null references accounts (name),
    role text not null,
    area text not null,
    primary key (name, role, area)
);
create table sessions (
    id text primary key,
    hash text not null unique,
    name text not null,
    made_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null,
    code_at bigint not null,
    command text not null,
    person text not null,
    address text not null
);
create index sessions_of_name on sessions (name);
create table tokens (
    id text primary key,
    source text not null,
    of_user text not null,
    areas text not null,
    measures text not null,
    hash text not null unique,
    made_at bigint not null,
    ends_at bigint not null,
    used_at bigint not null,
    code_at bigint not null
);
create table screens (
    id text primary key,
    name text not null,
    area text not null,
    cockpit text not null,
    playlist text not null,
    width_m double precision not null,
    distance_m double precision not null,
    turn bigint not null,
    before_end bigint not null,
    made_by text not null,
    made_at bigint not null,
    claimed_at bigint not null,
    seen_at bigint not null,
    ends_at bigint not null
);
create table pairings (
    code text primary key,
    poll text not null unique,
    ends_at bigint not null,
    tries bigint not null,
    screen text not null
);
create table attempts (
    id text primary key,
    failed bigint not null,
    since bigint not null,
    until bigint not null
);
create table audit (
    n bigint primary key,
    at bigint not null,
    actor text not null,
    role text not null,
    action text not null,
    object text not null,
    area text not null,
    purpose text not null,
    address text not null,
    result text not null,
    hash text not null,
    mac text not null
);
create index audit_by_time on audit (at);
