/** The door of the viewer: documents of a chart, listed and shown by what their bytes are. */
export { CardCapture } from './cards/card-capture.tsx';
export { CardList, type CardPlaces } from './cards/card-list.tsx';
export { useCardWords } from './cards/card-words.ts';
export { LookForm } from './cards/look-form.tsx';
export { type DocumentLink, DocumentList, DocumentRow } from './documents/document-list.tsx';
export { DocumentView } from './documents/document-view.tsx';
export { useKindName } from './documents/document-words.ts';
export { FileViewer } from './file-viewer.tsx';
export { DocumentHistory } from './order/document-history.tsx';
export { EndedDocuments } from './order/ended-documents.tsx';
export { Ended, OrderPanel } from './order/order-panel.tsx';
export { ReviewPanel } from './order/review-panel.tsx';
export { DownloadRecord } from './record/download-record.tsx';
export { SendDocument } from './sending/send-document.tsx';
export { useSendingWords } from './sending/sending-words.ts';
