/**
 * The words of the disclosure desk, in English. The policy has the parts of the vulnerability disclosure
 * policy template of CISA (https://www.cisa.gov/vulnerability-disclosure-policy-template) in words of our own.
 */

interface Section {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly list?: readonly string[];
}

interface Field {
  readonly label: string;
  readonly hint: string;
}

export interface DeskWords {
  readonly language: 'en' | 'es' | 'de';
  /** The language's own name for itself. */
  readonly name: string;
  readonly skip: string;
  readonly pages: string;
  readonly languages: string;
  readonly policyLink: string;
  readonly reportLink: string;
  readonly receiptLink: string;
  /** Where no contact is set. */
  readonly nobody: string;
  /** `{url}` stands for the address of the installation. */
  readonly policy: {
    readonly title: string;
    readonly lead: string;
    /** Before the section on how to report, and after it. */
    readonly before: readonly Section[];
    readonly after: readonly Section[];
    readonly reporting: {
      readonly heading: string;
      readonly form: string;
      readonly button: string;
      readonly others: string;
      readonly machines: string;
    };
  };
  readonly report: {
    readonly title: string;
    readonly lead: string;
    /** Where the desk has not been set up. */
    readonly closed: string;
    readonly rules: string;
    readonly noScript: string;
    readonly byHand: string;
    readonly what: Field;
    readonly where: Field;
    readonly how: Field;
    readonly contact: Field;
    readonly optional: string;
    readonly sealed: string;
    readonly send: string;
    readonly sealing: string;
    readonly sending: string;
    readonly failures: Readonly<Record<Failure, string>>;
    readonly done: {
      readonly heading: string;
      readonly keep: string;
      readonly next: string;
      readonly ask: string;
    };
  };
  readonly receipt: {
    readonly title: string;
    readonly lead: string;
    readonly label: string;
    readonly ask: string;
    readonly unknown: string;
    /** `{date}` stands for a day. */
    readonly received: string;
    readonly waiting: string;
    readonly read: string;
  };
}

/** What may come between a report and its receipt; `{minutes}` stands for how long to wait. */
export type Failure = 'empty' | 'long' | 'offline' | 'throttled' | 'full' | 'broken';

export const en: DeskWords = {
  language: 'en',
  name: 'English',
  skip: 'Skip to the content',
  pages: 'Security pages',
  languages: 'Languages',
  policyLink: 'Policy',
  reportLink: 'Report',
  receiptLink: 'Receipt',
  nobody: 'No contact has been set up here. Please call the practice.',
  policy: {
    title: 'Found a weakness? Thank you.',
    lead:
      'People trust this practice with their health records. If you have found a way in that should not ' +
      'be there, we want to hear of it, whoever you are. This page says what you may do, and what you ' +
      'can expect.',
    before: [
      {
        heading: 'You are safe with us',
        paragraphs: [
          'If you make an honest effort to keep to this policy while you look for weaknesses, we ' +
            'consider what you do authorised. We will work with you to understand and mend it quickly, ' +
            'and we will not take or recommend legal action against you.',
          'If somebody else takes legal action against you for what you did within this policy, we will ' +
            'make it known that you had our authorisation.',
        ],
      },
      {
        heading: 'What we ask of you',
        paragraphs: ['While you look, please:'],
        list: [
          'Tell us as soon as you can after you have found something.',
          'Stop at the first record. If you see anything of a patient (a name, a date, a document), go no ' +
            'further, keep no copy, and tell us at once.',
          'Go only as far as it takes to show that the weakness is there. Do not stay inside, and do not ' +
            'use it to reach anything else.',
          'Spare the people who work here and their patients: do not change, delete or slow down anything.',
          'Give us 90 days to mend it before you speak of it publicly.',
          'Send reports of quality rather than quantity; the output of a scanner alone does not help.',
        ],
      },
      {
        heading: 'What is not allowed',
        paragraphs: [],
        list: [
          'Tests that wear a service down (denial of service), or that could harm its data.',
          'Going into rooms, deceiving people who work here or patients, phishing, and anything else ' +
            'that is not technical.',
          'Trying to sign in as somebody who has not agreed to it.',
        ],
      },
      {
        heading: 'What this is about',
        paragraphs: [
          'Everything at {url}: the pages, the programming interface under /fhir, and whatever else ' +
            'answers at that address.',
          'Anything else is not covered, other services of the practice and of its partners included. If ' +
            'you are not sure, ask us before you begin. If you find something in what others run, please ' +
            'report it to them.',
        ],
      },
    ],
    reporting: {
      heading: 'How to report',
      form:
        'Best by the form. It needs no account and no name. What you write is sealed in your browser, so ' +
        'that only those who answer for security can read it, and you get a receipt at once.',
      button: 'Report a weakness',
      others: 'You can also reach us here:',
      machines: 'Programs find the same in',
    },
    after: [
      {
        heading: 'What helps us',
        paragraphs: ['A good report:'],
        list: [
          'says where the weakness is, and what somebody could do with it;',
          'says step by step how to see it again (a script or a picture helps);',
          'is in English, Spanish or German, if you can.',
        ],
      },
      {
        heading: 'What you can expect',
        paragraphs: ['If you tell us how to reach you, we promise to be as open with you as we can:'],
        list: [
          'Within three working days we say that your report has been read.',
          'As far as we can, we tell you whether it is so, what we do about it, and what holds us up.',
          'We keep talking with you until it is settled, and name you as its finder, if you wish.',
        ],
      },
      {
        heading: 'Questions',
        paragraphs: [
          'Ask by the same way, also before you begin. We are glad of suggestions that make this policy ' +
            'better.',
        ],
      },
    ],
  },
  report: {
    title: 'Report a weakness',
    lead: 'Say what you found, in your own words. You need no account, and you need not say who you are.',
    closed:
      'Sealed reports have not been set up here yet. Please tell us in another way; we are glad that you do.',
    rules: 'What you may do, and what you can expect',
    noScript:
      'This form seals what you write in your browser before it is sent, and for that it needs JavaScript. ' +
      'Without it, please write to us; we read it just the same:',
    byHand: 'If you know the program age, you can seal what you write to this recipient and mail it:',
    what: { label: 'What did you find?', hint: 'And what could somebody do with it?' },
    where: { label: 'Where is it?', hint: 'An address, a page, or a part of the software.' },
    how: {
      label: 'How can we see it ourselves?',
      hint: 'Step by step. Please leave out what belongs to patients: names, dates, documents.',
    },
    contact: {
      label: 'How can we reach you?',
      hint: 'A mail address or anything else. Without it we cannot ask back; the receipt is the only trace.',
    },
    optional: 'if you wish',
    sealed: 'Sealed in your browser. Only those who answer for security can open it.',
    send: 'Seal and send',
    sealing: 'Sealing…',
    sending: 'Sending…',
    failures: {
      empty: 'Please say what you found.',
      long: 'That is more than can be sent at once. Please shorten it, or send it in parts.',
      offline:
        'It could not be sent: the connection is gone. What you wrote is still here. Please send it again.',
      throttled:
        'Many reports have come from your network. What you wrote is still here. Please send it again in ' +
        '{minutes} min.',
      full: 'It cannot be taken right now. What you wrote is still here. Please try again, or write to us.',
      broken:
        'Something went wrong on our side. What you wrote is still here. Please try again, or write to us.',
    },
    done: {
      heading: 'It has arrived. Thank you.',
      keep: 'This is your receipt. Keep it: with it you can ask what became of your report.',
      next: 'We read reports within three working days.',
      ask: 'Ask what became of it',
    },
  },
  receipt: {
    title: 'What became of a report',
    lead: 'Enter the number of your receipt.',
    label: 'Number of the receipt',
    ask: 'Ask',
    unknown: 'There is no report with that number. Please compare it with your receipt.',
    received: 'Received on {date}.',
    waiting: 'Nobody has confirmed yet that it was read.',
    read: 'Read and confirmed on {date}.',
  },
};
