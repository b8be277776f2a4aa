// Package roster reads the county's roster (帮扶名单): one row a person, in any
// order of columns, from any spreadsheet.
//
// Start at [Read]. It goes over each sheet once and gives the persons as they
// come. It promises that no row is lost: each is a person, a title, a heading,
// a note or blank, and the [Report] counts them all. A cell that cannot be taken
// is a problem on its person, who is given all the same.
package roster
