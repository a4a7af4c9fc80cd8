"""
OpenStack Swift with its S3 interface, whole in one process: an account, a container, an object and a proxy
server on ports of this machine that are free, with all they keep in the folder that is named. Says in a line
of JSON where it listens, or why it cannot, and ends when its standard input does.

Swift answers requests without a signature at addresses of its own only (/v1/AUTH_.../BUCKET/NAME). Stores that
were made for S3 answer them where they answer the others. So does this: what carries no signature is asked of
Swift under Swift's own address, and what is answered then is Swift's decision.
"""
import json
import os
import sys

import eventlet

eventlet.patcher.monkey_patch(all=False, socket=True, select=True, thread=True, time=True)

from array import array

import swift.common.utils as utils
from eventlet import wsgi

folder, access_key, secret_key = sys.argv[1:4]
account, user = access_key.split(':')
os.chdir(folder)
os.makedirs('devices/disk')

try:
    os.setxattr('devices', 'user.swift.metadata', b'as Swift keeps them')
except OSError as error:
    print(json.dumps({'reason': f'the folder of temporary files keeps no extended attributes ({error})'}))
    sys.exit(0)

with open('swift.conf', 'w') as file:
    file.write('[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = one\ndefault = yes\n')
utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')
utils.HASH_PATH_SUFFIX = b'tests'

from swift.common import storage_policy, wsgi as swift_wsgi
from swift.common.ring import RingData

storage_policy.reload_storage_policies()

PARTS_AS_BITS = 3
COMMON = f"""[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
log_level = CRITICAL
log_name = swift
"""


def listening():
    return eventlet.listen(('127.0.0.1', 0), backlog=200)


def port_of(listener):
    return listener.getsockname()[1]


def load(name, text):
    path = os.path.join(folder, f'{name}-server.conf')
    with open(path, 'w') as file:
        file.write(COMMON + text)
    return swift_wsgi.loadapp(path)


class Quiet:
    def write(self, _line):
        pass


def serve(listener, application):
    eventlet.spawn(wsgi.server, listener, application, Quiet(), max_size=400, debug=False)
    return port_of(listener)


backends = {name: listening() for name in ('account', 'container', 'object')}
for name, listener in backends.items():
    device = {'id': 0, 'region': 1, 'zone': 1, 'device': 'disk', 'weight': 1}
    at = {'ip': '127.0.0.1', 'port': port_of(listener)}
    device |= at | {f'replication_{key}': value for key, value in at.items()}
    parts = [array('H', [0] * 2**PARTS_AS_BITS)]
    RingData(parts, [device], 32 - PARTS_AS_BITS).save(f'{name}.ring.gz')
for name, listener in backends.items():
    serve(listener, load(name, f'[pipeline:main]\npipeline = app\n[app:app]\nuse = egg:swift#{name}\n'))

FILTERS = ('catch_errors', 'gatekeeper', 'listing_formats', 'copy', 'slo')


def proxy(name, s3_settings=''):
    # The cache is one that is never there: what the bucket is told holds from then on.
    return load(name, f"""[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats cache s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {secret_key} .admin
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
{s3_settings}
""" + ''.join(f'[filter:{each}]\nuse = egg:swift#{each}\n' for each in FILTERS))


def open_to_strangers(application):
    def asked(environ, start_response):
        if 'HTTP_AUTHORIZATION' not in environ:
            environ['PATH_INFO'] = f"/v1/AUTH_{account}{environ['PATH_INFO']}"
        return application(environ, start_response)

    return asked


ports = {
    'port': serve(listening(), open_to_strangers(proxy('proxy'))),
    # With lists of who may do what as S3 has them, and without answers to strangers.
    'aclPort': serve(listening(), proxy('acl-proxy', 's3_acl = true')),
}
print(json.dumps(ports), flush=True)
eventlet.tpool.execute(sys.stdin.buffer.read)
os._exit(0)
