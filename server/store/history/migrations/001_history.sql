-- +goose Up

-- One figure's line: an indicator at an area, as a small number.
create table line (
    id bigint not null primary key,
    indicator text not null,
    area text not null,
    unique (indicator, area)
);

-- Its values at the ends of steps, many in one row: grain is the step in ms,
-- part the number of the row's stretch of time, body what block.go writes.
create table part (
    grain bigint not null,
    part bigint not null,
    line bigint not null references line (id),
    body bytea not null,
    primary key (grain, part, line)
);
create index part_of_line on part (line, grain, part);

-- What a late reading changed after its window had closed. serial is the
-- checkpoint up to which it happened, nth its place among those.
create table restatement (
    serial bigint not null,
    nth bigint not null,
    indicator text not null,
    area text not null,
    span text not null,
    since bigint not null,
    until bigint not null,
    was double precision,
    now_is double precision,
    at bigint not null,
    reason text not null,
    primary key (serial, nth)
);
create index restatement_at on restatement (at);

-- Holes in what the streams gave.
create table gap (
    serial bigint not null,
    nth bigint not null,
    stream text not null,
    kind text not null,
    since bigint not null,
    until bigint not null,
    entries bigint not null,
    found bigint not null,
    primary key (serial, nth)
);

-- Files that were imported, by the digest of their content.
create table import (
    digest text not null primary key,
    name text not null,
    at bigint not null,
    readings bigint not null,
    rejected bigint not null
);
