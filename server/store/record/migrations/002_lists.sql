-- +goose Up
create table households (
    id text primary key,
    area text not null,
    estate text not null,
    building text not null,
    unit text not null,
    floor text not null,
    room text not null,
    residents bigint not null,
    needs bytea,
    contact_name bytea,
    contact_phone bytea,
    lon double precision not null,
    lat double precision not null,
    placed boolean not null,
    kept_until bigint not null
);
create table responders (
    id text primary key,
    name bytea,
    roles text not null,
    areas text not null,
    phone bytea,
    channels bytea,
    on_duty boolean not null,
    kept_until bigint not null
);
create table shelters (
    id text primary key,
    name text not null,
    area text not null,
    capacity bigint not null,
    accessible boolean not null,
    lon double precision not null,
    lat double precision not null,
    placed boolean not null
);
create table lists (
    id text primary key,
    revision bigint not null
);
create table erasures (
    id text primary key,
    at bigint not null,
    list text not null,
    reason text not null,
    gone bigint not null,
    digest text not null
);
