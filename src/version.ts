/** Which version this is. */

/** The build puts package.json's in its place. */
declare const PACKAGE_VERSION: string;

export const version = PACKAGE_VERSION;
