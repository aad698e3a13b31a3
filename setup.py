"""What pyproject.toml cannot say: templates and static files stand beside the packages, and are installed within."""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class WithPages(build_py):
    """Copies them into `thinkback` where it is not installed in place; see `thinkback/settings.py`."""

    def run(self) -> None:
        """Build as usual, then copy."""
        super().run()
        if not self.editable_mode:
            for folder in ("templates", "static"):
                copytree(folder, Path(self.build_lib) / "thinkback" / folder, dirs_exist_ok=True)


setup(cmdclass={"build_py": WithPages})
