/** Version of this package and of those that it is released with. A test holds it against package.json. */
export const VERSION = '0.1.0';
