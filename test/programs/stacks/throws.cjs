// What is thrown while a file is loaded, and caught by nobody.
throw new RangeError("at the top of a file");
