"""nginx, Caddy and Apache with the samples of deploy/, on ports and with a certificate of the test's own."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import delphi
from delphi import clock
from rounds.demo.server import free_port

DEPLOY = Path(delphi.__file__).parent.parent / "deploy"
HOSTS = ("delphi.example.org", "host.example.org")
NGINX = """daemon off; pid {home}/pid; error_log {home}/error.log; events {{}}
http {{ client_body_temp_path {home}/a; proxy_temp_path {home}/b; fastcgi_temp_path {home}/c; uwsgi_temp_path {home}/d;
scgi_temp_path {home}/e; access_log off; include {home}/site; }}"""
MODULES = ("mpm_event", "authz_core", "alias", "headers", "proxy", "proxy_http", "socache_shmcb", "ssl")
APACHE = (
    "ServerRoot {home}\nPidFile {home}/pid\nErrorLog {home}/error.log\nListen {port}\n{modules}\nInclude {home}/site\n"
)
APACHE_MODULES = Path("/usr/lib/apache2/modules")
COMMANDS = {
    "nginx": ("nginx", "-c", "{home}/main"),
    "Caddyfile": ("caddy", "run", "--adapter", "caddyfile", "--config", "{home}/site"),
    "apache": ("apache2", "-X", "-f", "{home}/main"),
}


def certificate(home: Path) -> Path:
    """Write a certificate for the hosts of the samples, signed by itself, with its key in one file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(clock.now() - timedelta(days=1)).not_valid_after(clock.now() + timedelta(days=1))
    signed = made.add_extension(names, critical=True).sign(key, hashes.SHA256())
    encodings = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = home / "both.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*encodings))
    return path


def adapted(name: str, home: Path, port: int, upstream: int) -> str:
    """The sample, but for ports and certificates."""
    file = {"nginx": "nginx.conf", "apache": "apache.conf"}.get(name, name)
    text = (DEPLOY / file).read_text(encoding="utf-8").replace("127.0.0.1:8000", f"127.0.0.1:{upstream}")
    text = text.replace("/var/log/nginx", str(home))
    text = re.sub(r"/etc/ssl/\S*?\.(?:pem|key)", str(certificate(home)), text)
    if name == "Caddyfile":
        keys = f"\n\ttls {home}/both.pem {home}/both.pem\n"
        sites = re.sub(r"^(\S+\.org) \{\n", rf"https://\1:{port} {{{keys}", text, flags=re.MULTILINE)
        return f"{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {home}/store\n}}\n{sites}"
    plain = re.sub(r"listen \[::\]:\d+.*?;|listen 80;", "", text) if name == "nginx" else text
    plain = re.sub(r"<VirtualHost \*:80>.*?</VirtualHost>", "", plain, flags=re.DOTALL)
    return plain.replace("listen 443", f"listen 127.0.0.1:{port}").replace("*:443", f"*:{port}")


@contextmanager
def proxy(name: str, home: Path, upstream: int) -> Iterator[int]:
    """Run a proxy with its sample before an application; its port."""
    port, program = free_port(0), COMMANDS[name][0]
    if shutil.which(program) is None:
        if os.environ.get("REQUIRE_READERS"):
            pytest.fail(f"{program} is missing; .ci/tools installs it")
        pytest.skip(f"{program} is not installed")
    (home / "site").write_text(adapted(name, home, port, upstream), encoding="utf-8")
    modules = "\n".join(f"LoadModule {one}_module {APACHE_MODULES}/mod_{one}.so" for one in MODULES)
    main = {"nginx": NGINX, "apache": APACHE}.get(name, "").format(home=home, port=f"127.0.0.1:{port}", modules=modules)
    (home / "main").write_text(main, encoding="utf-8")
    home.chmod(0o755)
    command = [word.format(home=home) for word in COMMANDS[name]]
    environ = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    log = (home / "log").open("w", encoding="utf-8")
    with subprocess.Popen(command, env=environ, stdout=log, stderr=log) as process:
        try:
            wait_for(port, process, home)
            yield port
        finally:
            process.terminate()
            process.wait(10)
            log.close()


def wait_for(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail((home / "log").read_text(encoding="utf-8"))


class Connection(HTTPSConnection):
    """A connection to a host of the samples, wherever it is found."""

    def __init__(self, host: str, port: int, home: Path) -> None:
        trusted = ssl.create_default_context(cafile=home / "both.pem")
        super().__init__(host, port, timeout=20, context=trusted)

    def connect(self) -> None:
        """Find every host on this machine."""
        plain = socket.create_connection(("127.0.0.1", self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> HTTPResponse:
        """Send a request as a browser would."""
        self.request(method, path, body, {"Host": self.host, **{k.replace("_", "-"): v for k, v in headers.items()}})
        return self.getresponse()
