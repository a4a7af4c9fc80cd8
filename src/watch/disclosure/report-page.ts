/** The form for reporting a weakness. Its script (`web/disclosure/report-form.ts`) seals what is written. */
import { contactList, html, page } from './page-frame.ts';
import type { Standing } from './pages.ts';
import type { DeskWords, Failure } from './words-en.ts';

const PATH = '/security/report';

export function reportPage({ words, document, contacts, recipient }: Standing): Buffer {
  const { title, lead, closed, rules } = words.report;
  const policy = `<p><a href="/security?lang=${words.language}">${html(rules)}</a></p>`;
  const parts =
    recipient === null
      ? [`<p class="lead">${html(closed)}</p>`, contactList(contacts, words.nobody), policy]
      : [
          `<div id="lead"><p class="lead">${html(lead)}</p>${policy}</div>`,
          withoutScript(words, contacts, recipient),
          form(words, recipient),
          done(words),
        ];
  return page({ words, document, path: PATH, title, main: parts.join('\n') });
}

function withoutScript(
  { report, nobody }: DeskWords,
  contacts: readonly string[],
  recipient: string,
): string {
  return [
    '<noscript><div class="note">',
    `<p>${html(report.noScript)}</p>`,
    contactList(contacts, nobody),
    `<p>${html(report.byHand)}</p><p><code>${html(recipient)}</code></p>`,
    '</div></noscript>',
  ].join('');
}

type FieldName = 'what' | 'where' | 'how' | 'contact';

function form({ report, language }: DeskWords, recipient: string): string {
  const label = (name: FieldName, optional: boolean) => {
    const may = optional ? ` <span class="optional">(${html(report.optional)})</span>` : '';
    return (
      `<label for="${name}">${html(report[name].label)}${may}</label>` +
      `<span class="hint" id="${name}-hint">${html(report[name].hint)}</span>`
    );
  };
  const rest = (name: FieldName) =>
    `id="${name}" name="${name}" aria-describedby="${name}-hint${name === 'what' ? ' what-fault' : ''}"`;
  const input = (name: FieldName, autocomplete: string) =>
    `<p class="field">${label(name, true)}` +
    `<input ${rest(name)} maxlength="2000" autocomplete="${autocomplete}"></p>`;
  const area = (name: FieldName, most: number, required: string) =>
    `<p class="field">${label(name, required === '')}` +
    (required === '' ? '' : `<span class="fault" role="alert" id="${name}-fault"></span>`) +
    `<textarea ${rest(name)} rows="6" maxlength="${most}"${required}></textarea></p>`;
  const failures = (Object.entries(report.failures) as [Failure, string][]).map(
    ([failure, text]) => `<template data-failure="${failure}">${html(text)}</template>`,
  );
  return [
    `<form id="report" class="panel" hidden novalidate data-recipient="${html(recipient)}" ` +
      `data-language="${language}">`,
    area('what', 20_000, ' required'),
    input('where', 'off'),
    area('how', 40_000, ''),
    input('contact', 'email'),
    '<p class="failure" role="alert" id="failure"></p>',
    ...failures,
    `<p class="send"><button type="submit">${html(report.send)}</button>`,
    `<span role="status" id="progress" data-sealing="${html(report.sealing)}" ` +
      `data-sending="${html(report.sending)}"></span></p>`,
    `<p class="small">${html(report.sealed)}</p>`,
    '</form>',
  ].join('\n');
}

function done({ report, language }: DeskWords): string {
  return [
    '<section id="done" class="panel" hidden tabindex="-1" aria-labelledby="done-heading">',
    `<h2 id="done-heading">${html(report.done.heading)}</h2>`,
    `<p>${html(report.done.keep)}</p>`,
    '<p class="receipt"><output id="receipt"></output></p>',
    `<p>${html(report.done.next)}</p>`,
    `<p><a id="ask" href="/security/receipt?lang=${language}">${html(report.done.ask)}</a></p>`,
    '</section>',
  ].join('\n');
}
