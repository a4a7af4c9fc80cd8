/** The door of the viewer: documents of a chart, listed and shown by what their bytes are. */
export { type DocumentLink, DocumentList, DocumentRow } from './documents/document-list.tsx';
export { DocumentView } from './documents/document-view.tsx';
export { useKindName } from './documents/document-words.ts';
export { SendDocument } from './sending/send-document.tsx';
