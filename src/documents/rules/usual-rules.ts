/** What stands where neither the operator nor the practice has said anything. */
import { STRICT_POLICY } from '../kinds/file-kind.ts';
import type { FileRules, UploadLimits } from './file-rules.ts';

const GIB = 1024 ** 3;

export const USUAL_UPLOAD_LIMITS: UploadLimits = {
  bytesOfFile: 5 * GIB,
  bytesOfPractice: 2048 * GIB,
  filesOfPractice: 5_000_000,
  openOfPerson: 50,
};

export const USUAL_RULES: FileRules = {
  kinds: STRICT_POLICY,
  limits: USUAL_UPLOAD_LIMITS,
  keepsOriginals: false,
};
