import { describe, expect, test } from 'vitest';
import { readConfiguration, remarksOn, SETTINGS } from './configuration.ts';
import { PosternError } from './errors.ts';

const surroundings = { workingFolder: '/srv/postern', homeFolder: '/home/ada' };
const read = (environment: Record<string, string>, dotEnv = '') =>
  readConfiguration(environment, dotEnv, surroundings);

describe('readConfiguration', () => {
  test('without any setting describes one process on this machine', () => {
    expect(read({})).toEqual({
      dataFolder: '/srv/postern/data',
      fileLimits: {},
      host: '127.0.0.1',
      port: 8080,
      trustedProxies: [],
      databaseUrl: null,
      keyVault: 'file:/home/ada/.config/postern/root.key',
      publicUrl: 'http://localhost:8080',
      smtpUrl: null,
      mailFrom: null,
      reportsIdentity: '/home/ada/.config/postern/reports.key',
      securityContacts: [],
      keyBackupDays: 35,
      clamAv: null,
      blobs: { kind: 'folder', path: '/srv/postern/data/files' },
      blobsBefore: null,
    });
  });

  test('a variable of the environment wins over the same one in .env, also when it is set to nothing', () => {
    expect(read({ POSTERN_PORT: '9000' }, 'POSTERN_PORT=7000').port).toBe(9000);
    expect(read({}, '# port\nPOSTERN_PORT="7000"\n').port).toBe(7000);
    expect(read({ POSTERN_SMTP_URL: '' }, 'POSTERN_SMTP_URL=smtp://mail.example').smtpUrl).toBe(null);
  });

  test('paths are made absolute from the working folder and the home folder', () => {
    expect(read({ POSTERN_DATA: 'var' }).dataFolder).toBe('/srv/postern/var');
    expect(read({ POSTERN_DATA: '~/postern' }).dataFolder).toBe('/home/ada/postern');
    expect(read({ POSTERN_KEY_VAULT: 'file:///etc/root.key' }).keyVault).toBe('file:/etc/root.key');
    expect(read({ POSTERN_KEY_VAULT: 'file:root.key' }).keyVault).toBe('file:/srv/postern/root.key');
  });

  test('the public address loses the slash at its end and follows host and port when it is not set', () => {
    expect(read({ POSTERN_PUBLIC_URL: 'https://care.example/' }).publicUrl).toBe('https://care.example');
    expect(read({ POSTERN_HOST: '::', POSTERN_PORT: '81' }).publicUrl).toBe('http://localhost:81');
    expect(read({ POSTERN_HOST: '::1' }).publicUrl).toBe('http://localhost:8080');
    expect(read({ POSTERN_HOST: 'fd00::7' }).publicUrl).toBe('http://[fd00::7]:8080');
  });

  test('files are kept in a folder, or in a bucket with keys of its own', () => {
    expect(read({ POSTERN_BLOB_URL: 'file:~/files' }).blobs).toEqual({
      kind: 'folder',
      path: '/home/ada/files',
    });
    expect(read({ POSTERN_BLOB_URL: 'file:///mnt/files' }).blobs).toEqual({
      kind: 'folder',
      path: '/mnt/files',
    });
    const aws = { kind: 's3', bucket: 'files', prefix: 'a/b', endpoint: null, region: 'eu-central-1' };
    expect(read({ POSTERN_BLOB_URL: 's3://files/a/b/?region=eu-central-1' }).blobs).toEqual({
      ...aws,
      pathStyle: false,
      keys: null,
    });
    const minio = { POSTERN_BLOB_URL: 's3://files?endpoint=https://minio.example:9000' };
    expect(
      read({ ...minio, POSTERN_S3_ACCESS_KEY: 'ada', POSTERN_S3_SECRET_KEY_FILE: 'secret.key' }).blobs,
    ).toEqual({
      ...{ kind: 's3', bucket: 'files', prefix: '', endpoint: 'https://minio.example:9000' },
      ...{ region: 'us-east-1', pathStyle: true },
      keys: { accessKey: 'ada', secret: { file: '/srv/postern/secret.key' } },
    });
    const keyed = { ...minio, POSTERN_S3_ACCESS_KEY: 'ada', POSTERN_S3_SECRET_KEY: 'hush' };
    expect(read(keyed).blobs).toMatchObject({ keys: { secret: { text: 'hush' } } });
    for (const [given, name] of [
      [{ ...keyed, POSTERN_S3_SECRET_KEY_FILE: 'secret.key' }, 'POSTERN_S3_SECRET_KEY_FILE'],
      [{ ...minio, POSTERN_S3_SECRET_KEY: 'hush' }, 'POSTERN_S3_ACCESS_KEY'],
      [{ ...minio, POSTERN_S3_ACCESS_KEY: 'hush' }, 'POSTERN_S3_SECRET_KEY'],
      [minio, 'POSTERN_S3_ACCESS_KEY'],
      [{ POSTERN_S3_SECRET_KEY: 'hush' }, 'POSTERN_S3_SECRET_KEY'],
    ] as const) {
      const { message } = expectRefusal(() => read({ ...given }));
      expect(message).toMatch(new RegExp(`^${name} cannot be used: it .*[.?]$`));
      expect(message).not.toContain("secret'");
    }
  });

  test('files may lie still where they were kept before, under keys of that place', () => {
    const placeBefore = (url: string, now = {}) => read({ ...now, POSTERN_BLOB_URL_BEFORE: url }).blobsBefore;
    expect(placeBefore('file:/mnt/files')).toEqual({ kind: 'folder', path: '/mnt/files' });
    const minio = 's3://files?endpoint=https://minio.example';
    expect(placeBefore(`${minio}&keys-file=~/s3.keys`)).toMatchObject({
      keys: { keysFile: '/home/ada/s3.keys' },
    });
    const told = (work: () => unknown) => expectRefusal(work).message;
    expect(told(() => placeBefore(minio))).toContain('keys-file=PATH');
    expect(told(() => placeBefore('file:./data/files'))).toContain('another place than POSTERN_BLOB_URL');
    const now = { POSTERN_BLOB_URL: `${minio}&keys-file=s3.keys` };
    expect(read(now).blobs).toMatchObject({ keys: { keysFile: '/srv/postern/s3.keys' } });
    expect(told(() => placeBefore(`${minio}&keys-file=other.keys`, now))).toContain('another place');
    expect(told(() => read({ ...now, POSTERN_S3_SECRET_KEY: 'hush' }))).toMatch(
      /^POSTERN_S3_SECRET_KEY .*same key/,
    );
  });

  test('a scanner listens on this machine, or behind TLS', () => {
    const scanner = (text: string) => read({ POSTERN_CLAMAV: text }).clamAv;
    expect(scanner('unix:/run/clamav/clamd.ctl')).toEqual({ kind: 'unix', path: '/run/clamav/clamd.ctl' });
    expect(scanner('tcp:127.0.0.1:3310')).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 3310 });
    expect(scanner('tcp://[::1]:3310')).toEqual({ kind: 'tcp', host: '::1', port: 3310 });
    expect(scanner('tls:scan.example:3310')).toEqual({ kind: 'tls', host: 'scan.example', port: 3310 });
  });

  test('proxies are addresses and ranges, in a list', () => {
    const proxies = (text: string) => read({ POSTERN_TRUSTED_PROXIES: text }).trustedProxies;
    expect(proxies('127.0.0.1, 10.1.0.0/16 ::1,fd00::/8')).toEqual([
      '127.0.0.1',
      '10.1.0.0/16',
      '::1',
      'fd00::/8',
    ]);
  });

  test.each([
    ['POSTERN_TRUSTED_PROXIES', 'secret.example'],
    ['POSTERN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['POSTERN_TRUSTED_PROXIES', '10.0.0.0/8/8'],
    ['POSTERN_TRUSTED_PROXIES', '0.0.0.0/0'],
    ['POSTERN_TRUSTED_PROXIES', '::/0'],
    ['POSTERN_TRUSTED_PROXIES', 'true'],
    ['POSTERN_PORT', '80x'],
    ['POSTERN_PORT', '70000'],
    ['POSTERN_HOST', 'not a host'],
    ['POSTERN_DATABASE_URL', 'mysql://a:secret@b/c'],
    ['POSTERN_DATABASE_URL', 'postgres:///secret'],
    ['POSTERN_DATABASE_URL', 'postgres://host-alone'],
    ['POSTERN_KEY_VAULT', 'secret'],
    ['POSTERN_KEY_VAULT', 'aws-kms:secret'],
    ['POSTERN_PUBLIC_URL', 'care.example/secret'],
    ['POSTERN_PUBLIC_URL', 'https://care.example/?secret'],
    ['POSTERN_SMTP_URL', 'secret'],
    ['POSTERN_BLOB_URL', 'secret'],
    ['POSTERN_BLOB_URL', 'file:'],
    ['POSTERN_BLOB_URL', 's3://secret:secret@files'],
    ['POSTERN_BLOB_URL', 's3://Files_Secret?region=eu'],
    ['POSTERN_BLOB_URL', 's3://files/../secret?region=e%20u'],
    ['POSTERN_BLOB_URL', 's3://files/a b secret?region=eu'],
    ['POSTERN_BLOB_URL', 's3://files'],
    ['POSTERN_BLOB_URL', 's3://files?region=eu&secret=1'],
    ['POSTERN_BLOB_URL', 's3://files?endpoint=http://minio.example'],
    ['POSTERN_BLOB_URL', 's3://files?endpoint=ftp://secret'],
    ['POSTERN_BLOB_URL', 's3://files?endpoint=https://a:secret@minio.example'],
    ['POSTERN_BLOB_URL', 's3://files?region=eu&path-style=secret'],
    ['POSTERN_CLAMAV', 'secret'],
    ['POSTERN_CLAMAV', 'tcp:10.0.0.8:3310'],
    ['POSTERN_CLAMAV', 'unix:secret'],
    ['POSTERN_CLAMAV', 'tls:secret:0'],
  ])('a %s that cannot be used is refused in one sentence without its value (%s)', (name, value) => {
    const refusal = expectRefusal(() => read({ [name]: value }));
    expect(refusal.message).toMatch(new RegExp(`^${name} .*\\.$`));
    expect(refusal.message).not.toContain('secret');
    expect(refusal.code).toBe('not-configured');
  });

  test('a setting that does not exist is refused in .env, with the one that was meant', () => {
    const told = (dotEnv: string) => expectRefusal(() => read({}, dotEnv)).message;
    expect(told('POSTERN_DATABASE=x')).toBe(
      '.env has POSTERN_DATABASE, which is no setting; is POSTERN_DATABASE_URL meant?',
    );
    expect(told('POSTERN_PROT=9000')).toContain('is POSTERN_PORT meant?');
    expect(told('POSTERN_BUCKET=file:x')).toContain('postern --help lists them');
    expect(read({}, 'OTHER=1').port).toBe(8080);
  });

  test('one that was meant to be set in the environment is refused, and others are told of', () => {
    const slip = (name: string) => expectRefusal(() => read({ [name]: 'secret' })).message;
    expect(slip('POSTERN_PUBLICURL')).toContain('is POSTERN_PUBLIC_URL meant?');
    expect(slip('POSTERN_TRUSTED_PROXY')).toContain('is POSTERN_TRUSTED_PROXIES meant?');
    expect(slip('POSTERN_SECURITY')).toContain('is POSTERN_SECURITY_CONTACT meant?');
    // As a cluster sets them for whatever is called postern, and as tests do.
    const cluster = { POSTERN_SERVICE_HOST: '10.0.0.1', POSTERN_PORT_8080_TCP: 'tcp://10.0.0.1:8080' };
    expect(read({ ...cluster, POSTERN_TYPO: '1' }).port).toBe(8080);
    expect(remarksOn({ ...cluster, POSTERN_TYPO: '1' })).toHaveLength(3);
    expect(remarksOn({ POSTERN_TYPO: '1' })).toEqual([
      'POSTERN_TYPO is no setting of Postern and does nothing; postern --help lists them.',
    ]);
    const elsewhere = { POSTERN_PKCS11_PIN: '1', POSTERN_SHARED_DATA: 'x', POSTERN_PORT: '80', PATH: '/bin' };
    expect(remarksOn({ ...elsewhere, POSTERN_GONE: '' })).toEqual([]);
  });

  test('a line of .env that is none is refused by its number, without what stands in it', () => {
    const told = (dotEnv: string) => expectRefusal(() => read({}, dotEnv)).message;
    expect(told('# port\nPOSTERN_PORT: 7000 secret')).toBe(
      'Line 2 of .env is no setting: write NAME=VALUE, or # before a remark.',
    );
    expect(told('POSTERN_PORT=1\n\nPOSTERN_SMTP_URL="smtp://secret\n')).toBe(
      'Line 3 of .env has a " that nothing closes.',
    );
    const fine = '\uFEFFPOSTERN_PORT = 7000\r\n  # remark\r\nexport OTHER="one\r\ntwo: three"\r\n\r\n';
    expect(read({}, fine).port).toBe(7000);
  });

  test('every setting is described', () => {
    for (const text of Object.values(SETTINGS)) expect(text.length).toBeGreaterThan(10);
  });
});

function expectRefusal(work: () => unknown): PosternError {
  try {
    work();
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error('Nothing was refused');
}
