package api

// Table is for the tests.
var Table = table
