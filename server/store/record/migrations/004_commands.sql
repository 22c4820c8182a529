-- +goose Up
create table commands (
    id text primary key,
    of_user text not null,
    press text not null,
    digest text not null,
    made_at bigint not null,
    kept_until bigint not null,
    unique (of_user, press)
);
create table bodies (
    id text primary key,
    command text not null,
    n bigint not null,
    body bytea,
    private bytea
);
create index bodies_of_command on bodies (command, n);
create table spent (
    id text primary key,
    at bigint not null
);
