// Package matching says which lots a request may use, and which condition
// removed which lot. It is pure: facts in, lists of ids out.
//
// A lot is usable when every condition holds; the conditions and their fixed
// order are those of Conditions. A lot that is not usable is claimed by the
// first condition that fails, so each lot stands in exactly one list. The order
// runs from what a researcher cannot change (the donor's terms) to what they
// can (the classes, sites and jurisdictions they accept): a lot claimed by
// "class" would be won by accepting more, never by becoming another nation.
//
// Match is the definition. A Catalog gives the same results for the many
// requests of a round, and the same *Result for equal ones. OpenTo gives the
// nations that a lot's donor admits; no request of another nation is ever
// matched with the lot.
//
// What it does not do: it grants nothing and knows no amounts; it does not check
// that its nouns are valid (package pool does); it does not advise (package
// advice does, by matching a changed request again).
package matching
