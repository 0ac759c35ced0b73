/** The sound thing, but for what is changed; private members of either are reached as ever. */
export function replaced<T extends object>(sound: T, change: Partial<T>): T {
  return new Proxy(sound, {
    get: (target, name) => {
      const from: object = name in change ? change : target;
      const value: unknown = Reflect.get(from, name);
      return typeof value === 'function' ? value.bind(from) : value;
    },
  });
}
