/**
 * Reads the FHIRPath that invariants are written in (https://hl7.org/fhirpath/N1/#grammar) into a tree. What is
 * outside the part that we evaluate ourselves reads as `null`.
 */
export type Syntax =
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'this' }
  | { readonly kind: 'member'; readonly of: Syntax; readonly name: string }
  | { readonly kind: 'call'; readonly of: Syntax; readonly name: string; readonly args: readonly Syntax[] }
  | { readonly kind: 'operator'; readonly name: string; readonly left: Syntax; readonly right: Syntax };

const TOKEN =
  /\s*(?:(\$this\b)|(%\w+)|('(?:[^'\\])*')|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(!=|<=|>=|[=<>&|+().,]))/y;

/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in'],
  ['=', '!='],
  ['<', '>', '<=', '>='],
  ['|'],
  ['+', '&'],
];
const WORDS = new Set(['implies', 'or', 'xor', 'and', 'in', 'is', 'as', 'contains', 'div', 'mod']);

export function readInvariant(expression: string): Syntax | null {
  const tokens = tokensOf(expression);
  if (tokens === null) return null;
  try {
    const reader = new Reader(tokens);
    const syntax = reader.level(0);
    return reader.atEnd() ? syntax : null;
  } catch (error) {
    if (error instanceof Outside) return null;
    throw error;
  }
}

class Outside extends Error {}

function tokensOf(expression: string): string[] | null {
  const tokens: string[] = [];
  const text = expression.trimEnd();
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return null;
    tokens.push(found[0].trim());
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  atEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  level(depth: number): Syntax {
    const names = LEVELS[depth];
    if (names === undefined) return this.#term();
    let left = this.level(depth + 1);
    for (let name = this.#peek(); name !== undefined && names.includes(name); name = this.#peek()) {
      this.#at += 1;
      left = { kind: 'operator', name, left, right: this.level(depth + 1) };
    }
    return left;
  }

  #term(): Syntax {
    let term = this.#first();
    while (this.#peek() === '.') {
      this.#at += 1;
      term = this.#invocation(term, this.#next());
    }
    return term;
  }

  #first(): Syntax {
    const token = this.#next();
    if (token === '(') {
      const inner = this.level(0);
      this.#expect(')');
      return inner;
    }
    if (token === '$this') return { kind: 'this' };
    if (token.startsWith('%')) return { kind: 'variable', name: token };
    if (token.startsWith("'")) return { kind: 'literal', value: token.slice(1, -1) };
    if (/^\d/.test(token)) return { kind: 'literal', value: Number(token) };
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' };
    return this.#invocation({ kind: 'this' }, token);
  }

  #invocation(of: Syntax, name: string): Syntax {
    if (!/^[a-z_]\w*$/.test(name) || WORDS.has(name)) throw new Outside();
    if (this.#peek() !== '(') return { kind: 'member', of, name };
    this.#at += 1;
    if (name === 'ofType') return this.#choice(of);
    const args: Syntax[] = [];
    while (this.#peek() !== ')') {
      args.push(this.level(0));
      if (this.#peek() === ',') this.#at += 1;
    }
    this.#expect(')');
    return { kind: 'call', of, name, args };
  }

  /** `value.ofType(Quantity)` is what JSON calls `valueQuantity`. */
  #choice(of: Syntax): Syntax {
    const type = this.#next();
    this.#expect(')');
    if (of.kind !== 'member' || !/^[A-Z]\w*$/.test(type)) throw new Outside();
    return { ...of, name: of.name + type };
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Outside();
    this.#at += 1;
    return token;
  }

  #expect(token: string) {
    if (this.#next() !== token) throw new Outside();
  }
}
