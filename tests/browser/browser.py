"""One browser, which tells stories at the console, and who is there. driver.mjs has the browser, and is
told by lines of JSON."""

import json
import pathlib
import subprocess

PASSWORD = "correct horse 7"
CHIEF = {"user": "chief", "password": PASSWORD}
TARO, JIRO = "taro@test1.com", "jiro@test1.com"

DRIVER = pathlib.Path(__file__).resolve().parent / "driver.mjs"


class Browser:
    def __init__(self, url):
        self.url = url
        self.process = subprocess.Popen(["node", DRIVER], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(30) == 0

    def tell(self, story, *, context=None, **given):
        """What the story tells; `context` are options of the browser's context, which is new for
        each. Whatever is told, the page asked nobody else, broke no policy and ran nothing
        hostile."""
        line = json.dumps({"story": story, "given": given, "url": self.url,
                           "context": context or {}})
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the driver ended"
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("told")
