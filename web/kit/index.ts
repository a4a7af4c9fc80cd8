/** The door of the kit: what pages are made of. */
export { AccountMenu, initialsOf } from './account-menu.tsx';
export { AppLaunches } from './app-launches.tsx';
export { AppRoot, startApp, wakeApp } from './app-root.tsx';
export { ActionButton } from './button.tsx';
export {
  Check,
  type CheckProps,
  Field,
  type FieldProps,
  FieldSet,
  Select,
  type SelectProps,
  TextArea,
} from './choices.tsx';
export { LANGUAGES, type Language } from './chosen.ts';
export { PageFault } from './fault-boundary.tsx';
export {
  appOfPage,
  drawn,
  dressPage,
  fill,
  isBefore,
  lookOf,
  mark,
  pageRead,
  rememberPress,
  show,
  templateOf,
} from './first-look.ts';
export { ageOn, Format, useFormat } from './format.ts';
export { Icon, type IconName, Mark } from './icon.tsx';
export { IdleLock } from './idle-lock.tsx';
export { useKitWords } from './kit-words.ts';
export { useLanguage, wordsIn } from './language.tsx';
export { LanguageBar } from './language-bar.tsx';
export { leave, type Reason, returnAddress } from './leave.ts';
export { Loaded, LoadedPages, Outline } from './loaded.tsx';
export { MakePasskey } from './make-passkey.tsx';
export { FailureNotice, Notice } from './notice.tsx';
export { cameByOperator, goInside, goOn } from './onward.ts';
export { type Fact, Facts, PageHeading, Panel, Row, Rows, Tag, type Tone, useHeading } from './page.tsx';
export { loadPagesAhead } from './pages-ahead.ts';
export { Plot, type PlotLine, type PlotPoint } from './plot.tsx';
export { QrCode } from './qr-code.tsx';
export { SiteFooter } from './site-footer.tsx';
export { TextField } from './text-field.tsx';
export { ToAccount } from './to-account.tsx';
export { Trouble } from './trouble.tsx';
export { keepWorkPractice, noteWayBack, takeWayBack, workPractice } from './work-practice.ts';
