/** The worker of an older library, which a page's cache has kept. */
postMessage({ hello: "0.0.1" });
