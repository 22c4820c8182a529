-- +goose Up
create table recoveries (
    name text not null,
    proof text not null,
    primary key (name, proof)
);
