/** What reads PDF, in a worker that has no page and may ask nobody for anything (ADR 0125). */
import 'pdfjs-dist/build/pdf.worker.min.mjs';
