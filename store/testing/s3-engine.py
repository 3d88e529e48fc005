"""Runs OpenStack Swift with its S3 front end on 127.0.0.1, for tests: s3-engine.py FOLDER PID

Writes FOLDER/endpoint once it answers, or FOLDER/failed with the reason. Ends with SIGTERM, and when the process PID is gone;
its servers die with it. It is a whole S3 but for conditional writes, server-side encryption, tags and CRC checksums, and it takes
a part after Complete, which ruins the object (no client of ours may send one).
"""
import base64, configparser, ctypes, gc, hashlib, hmac, http.client, json, logging
import os, pwd, secrets, signal, socket, sys
from email.utils import formatdate
from time import time as now

data, owner = os.path.realpath(sys.argv[1]), int(sys.argv[2])
ACCESS, SECRET, REGION = 'test:tester', 'testing', 'us-east-1'
etc, devices, log = (os.path.join(data, name) for name in ('etc', 'devices', 'swift.log'))


def say(name, text):
    """Whole at once, since others wait for it."""
    with open(os.path.join(data, name + '.new'), 'w') as f:
        f.write(text)
    os.rename(os.path.join(data, name + '.new'), os.path.join(data, name))


def die(text):
    say('failed', text)
    sys.exit(1)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def signed_status():
    """Status of a signed ListBuckets (signature version 2, the shortest to write)."""
    date = formatdate(usegmt=True)
    mac = hmac.new(SECRET.encode(), ('GET\n\n\n%s\n/' % date).encode(), hashlib.sha1).digest()
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=5)
    try:
        connection.request('GET', '/', headers={
            'Date': date, 'Authorization': 'AWS %s:%s' % (ACCESS, base64.b64encode(mac).decode())})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


say('pid', str(os.getpid()))
for folder in (etc, os.path.join(devices, 'd1')):
    os.makedirs(folder, exist_ok=True)
try:
    os.setxattr(devices, 'user.swift.probe', b'1')
except OSError as error:
    die('%s must be on a file system with user xattrs (ext4, xfs, tmpfs): %s' % (data, error))

swift_conf = os.path.join(etc, 'swift.conf')
if not os.path.exists(swift_conf):  # the suffix is part of every object's path: keep it
    with open(swift_conf, 'w') as f:
        f.write('[swift-hash]\nswift_hash_path_suffix = %s\n\n'
                '[storage-policy:0]\nname = only\ndefault = yes\n' % secrets.token_hex(8))

try:
    import swift.common.utils as utils
except ImportError:
    die("needs Debian's python3-swift, which npm test installs")
utils.SWIFT_CONF_FILE = swift_conf
utils.validate_configuration()
# Swift does this in every server. Done once before the fork and without a full garbage
# collection for each lock that eventlet finds, it takes 0.1 s instead of 3.
collect, gc.collect = gc.collect, lambda *_: 0
utils.eventlet_monkey_patch()
gc.collect = collect


class LogFile(logging.FileHandler):
    """Takes the place of syslog, the only log that Swift knows."""
    LOG_LOCAL0 = None

    def __init__(self, **_ignored):
        super().__init__(log)


utils.ThreadSafeSysLogHandler = LogFile


class MemoryCache:
    """Takes the place of memcached, without which tempauth refuses to work: one proxy, one dict."""

    def __init__(self):
        self.kept = {}

    def get(self, key, **_options):
        value, until = self.kept.get(key, (None, 0))
        return json.loads(value) if value is not None and (not until or now() < until) else None

    def set(self, key, value, serialize=True, time=0, **_options):
        if len(self.kept) > 10000:
            self.kept.clear()
        self.kept[key] = (json.dumps(value), time and now() + time)

    def incr(self, key, delta=1, time=0):
        value = max(0, (self.get(key) or 0) + delta)
        self.set(key, value, time=time)
        return value

    def decr(self, key, delta=1, time=0):
        return self.incr(key, -delta, time)

    def delete(self, key, **_options):
        self.kept.pop(key, None)

    def set_multi(self, mapping, server_key=None, serialize=True, time=0, **_options):
        for key, value in mapping.items():
            self.set(key, value, time=time)

    def get_multi(self, keys, server_key=None, **_options):
        return [self.get(key) for key in keys]


def cache_factory(_global_conf, **_conf):
    cache = MemoryCache()

    def wrap(app):
        def with_cache(env, start_response):
            env['swift.cache'] = cache
            return app(env, start_response)
        return with_cache
    return wrap

# Imported once, before the fork: start is faster and the pages are shared.
from swift.common.wsgi import run_wsgi
from swift.common.ring import RingBuilder
import swift.account.server, swift.container.server, swift.obj.server
import swift.proxy.server
import swift.common.middleware.s3api.s3api, swift.common.middleware.slo
import swift.common.middleware.tempauth, swift.common.middleware.copy

COMMON = dict(
    bind_ip='127.0.0.1', swift_dir=etc, devices=devices, mount_check='false', workers='0',
    user=pwd.getpwuid(os.getuid()).pw_name, log_level='WARNING', fallocate_reserve='0',
    recon_cache_path=data,
    # A shared test machine stalls; one slow answer must not mark the only disk as failed.
    conn_timeout='5', node_timeout='60', container_update_timeout='20', client_timeout='120')
PROXY_FILTERS = 'catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth copy slo dlo symlink versioned_writes'
FILTERS = {
    'cache': {'use': 'call:__main__:cache_factory'},
    's3api': dict(location=REGION, max_upload_part_num='10000'),
    'tempauth': {'user_test_tester': SECRET + ' .admin'},
    'versioned_writes': dict(allow_object_versioning='true'),
    'slo': dict(max_manifest_segments='10000', max_manifest_size='16777216',
                rate_limit_under_size='0', allow_async_delete='false'),
}


def write_conf(server, server_port, filters, options):
    parser = configparser.RawConfigParser()
    parser['DEFAULT'] = dict(COMMON, bind_port=str(server_port))
    parser['pipeline:main'] = dict(pipeline=' '.join(filters + [server + '-server']))
    for name in filters:
        parser['filter:' + name] = dict({'use': 'egg:swift#' + name}, **FILTERS.get(name, {}))
    parser['app:%s-server' % server] = dict(options, use='egg:swift#' + server)
    path = os.path.join(etc, server + '-server.conf')
    with open(path, 'w') as f:
        parser.write(f)
    return path


def configure():
    configs = {}
    for server in ('account', 'container', 'object'):
        server_port = free_port()
        ring = RingBuilder(4, 1, 0)
        ring.add_dev(dict(region=1, zone=1, ip='127.0.0.1', port=server_port, device='d1', weight=1.0))
        ring.rebalance()
        ring.get_ring().save(os.path.join(etc, server + '.ring.gz'))
        # Shorter than container_update_timeout: an update of the listing that is given up must
        # be on disk before the PUT is answered.
        configs[server] = write_conf(server, server_port, ['healthcheck'], {'set node_timeout': '10'})
    configs['proxy'] = write_conf('proxy', port, PROXY_FILTERS.split(), dict(
        account_autocreate='true', allow_account_management='true',
        error_suppression_interval='0.1', error_suppression_limit='1000000'))
    return configs


SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
running = {}


def child(work):
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: die with the parent
        if os.getppid() == parent:
            code = work() or 0
    except BaseException as error:
        sys.__stderr__.write('s3-engine: %r\n' % (error,))
    finally:
        os._exit(code)


def reap():
    gone = []
    for pid in list(running):
        if os.waitpid(pid, os.WNOHANG)[0]:
            gone.append(running.pop(pid))
    return gone


def stop(code=None):
    for pid in running:
        os.kill(pid, signal.SIGTERM)
    deadline = now() + 5
    while running:
        signal.sigtimedwait({signal.SIGCHLD}, 0.1)
        reap()
        if now() > deadline:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
    if code is not None:
        sys.exit(code)


def wait(seconds):
    """Sleeps until then, or until a child ends; a signal to stop stops."""
    got = signal.sigtimedwait(SIGNALS, seconds)
    if got and got.si_signo != signal.SIGCHLD:
        stop(0)


signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

for attempt in range(3):  # again if another process took a port in between
    port = free_port()
    configs = configure()
    for server, path in configs.items():
        running[child(lambda: run_wsgi(path, server + '-server', default_port=None))] = server
    deadline, failed = now() + 60, []
    while not failed and signed_status() != 200:
        failed = reap()
        if now() > deadline:
            failed = ['no answer']
        wait(0.05)
    if not failed:
        break
    stop()
else:
    die('does not start (%s), see %s' % (', '.join(failed), log))


say('endpoint', 'http://127.0.0.1:%d' % port)
while os.path.exists('/proc/%d' % owner):
    wait(1)
    dead = reap()
    if dead:
        stop()
        die('its %s server died, see %s' % (dead[0], log))
stop(0)
