-- +goose Up
create table photos (
    id text primary key,
    command text not null,
    at bigint not null,
    content bytea not null
);
create index photos_of_command on photos (command);
