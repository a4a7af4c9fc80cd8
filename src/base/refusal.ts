import { type ErrorCode, PosternError } from './errors.ts';

/** An error whose answer has headers that say more: which methods there are, how long to wait. */
export class Refusal extends PosternError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, headers: Readonly<Record<string, string>>) {
    super(code, message);
    this.headers = headers;
  }
}
