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

    def say(self, what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        assert line, "the driver ended"
        return json.loads(line)

    def tell(self, story, *, context=None, meanwhile=None, **given):
        """What the story tells; `context` are options of the browser's context, which is new for
        each; `meanwhile` is called with what the story says, when it wants something done elsewhere
        before it goes on. Whatever is told, the page asked nobody else, broke no policy and ran
        nothing hostile."""
        self.say({"story": story, "given": given, "url": self.url, "context": context or {}})
        answer = self.hear()
        while "meanwhile" in answer:
            self.say(meanwhile(answer["meanwhile"]))
            answer = self.hear()
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer.get("told")
