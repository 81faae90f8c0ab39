/** A script that is none of the library's, and says nothing. */
