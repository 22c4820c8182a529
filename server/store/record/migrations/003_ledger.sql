-- +goose Up
create table ledger (
    command text not null,
    n bigint not null,
    line text not null,
    hash text not null,
    mac text not null,
    primary key (command, n)
);
