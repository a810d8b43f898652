"""What pyproject.toml cannot say: the folders of data/ that the package reads travel inside the wheel."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

REPOSITORY = Path(__file__).resolve().parent
PACKAGED = ("standards", "rules")  # data/sample stays in the repository


class BuildWithData(build_py):
    """Copies data/standards and data/rules to civicreach/data, so the repository keeps one copy of each."""

    def run(self):
        super().run()
        if not self.editable_mode:  # a checkout reads its own data/
            for source, target in self._data_files():
                self.mkpath(str(Path(target).parent))
                self.copy_file(str(source), target)

    def get_outputs(self, include_bytecode=1):
        return super().get_outputs(include_bytecode) + [target for _, target in self._data_files()]

    def _data_files(self):
        for folder in PACKAGED:
            for source in sorted((REPOSITORY / "data" / folder).rglob("*")):
                if source.is_file():
                    inside = source.relative_to(REPOSITORY)
                    yield source, str(Path(self.build_lib, "civicreach", inside))


setup(cmdclass={"build_py": BuildWithData})
