/** Into which chart is sent, what, and by whom. */
export interface SendDocumentProps {
  readonly chart: string;
  /** Types that may be sent there, as the session says; where there are none, there is no button. */
  readonly types: readonly string[];
  /** Whom it speaks to. */
  readonly to: 'patient' | 'staff';
}
