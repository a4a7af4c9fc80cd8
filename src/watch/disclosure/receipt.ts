/** Numbers of receipts: what a finder keeps to ask what became of a report. */
export { newSpokenCode as newReceipt, readSpokenCode as readReceipt } from '../../base/spoken-code.ts';
