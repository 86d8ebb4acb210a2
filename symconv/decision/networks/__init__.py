"""Networks of functions and maxima: their nodes compared, from the inputs on."""
