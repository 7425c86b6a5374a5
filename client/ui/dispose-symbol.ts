/** `Symbol.dispose` for browsers without it (Safari); every disposable of the client is named by it. Import this first. */
const symbol = Symbol as { dispose?: symbol };
if (!symbol.dispose) Object.defineProperty(Symbol, 'dispose', { value: Symbol.for('Symbol.dispose') });

export {};
