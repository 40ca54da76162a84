/** Where the browser keeps what it sent, and what a page hears when that changes. */
export const SENT_PLACE = 'descent.sent';
export const SENT_EVENT = 'descent:sent';
