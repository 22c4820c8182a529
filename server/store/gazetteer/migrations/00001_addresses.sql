-- +goose Up
-- What a search needs of addresses.csv; made anew from the file whenever it has changed. SQLite only.

-- The addresses in the file's order, 64 to a row: for each its code, name and area, and its
-- position, empty where there is none; every field with its length before it.
create table address (
    block  integer primary key,
    fields blob not null
);

-- For each pair of characters the addresses that have it in their names, 65,536 at a time:
-- place is the pair (42 bits) and the number of the lot (12 bits); ids are the addresses'
-- places within the lot, ascending, each written as the distance to the one before.
create table gram (
    place integer primary key,
    ids   blob not null
);

-- One row, once everything above is there.
create table whole (
    addresses integer not null
);
