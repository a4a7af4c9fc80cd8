import type { MedicationRequest } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import { type MedicineKey, medicine, medicineConcept } from '../medications.ts';

/** A prescription that still runs, with what it is for. */
export function prescribe(
  pen: ChartPen,
  key: MedicineKey,
  order: { day: number; practitioner: string; reason: { reference: string } },
): void {
  const authored = pen.calendar.date(order.day);
  pen.write<MedicationRequest>(
    {
      resourceType: 'MedicationRequest',
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: medicineConcept(key),
      subject: pen.patient,
      authoredOn: authored,
      requester: { reference: `Practitioner/${order.practitioner}` },
      reasonReference: [order.reason],
      dosageInstruction: [{ text: medicine(key).directions }],
      dispenseRequest: {
        numberOfRepeatsAllowed: pen.random.int(0, 5),
        validityPeriod: { start: authored },
      },
    },
    { author: order.practitioner },
  );
}
