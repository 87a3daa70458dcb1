#!/bin/sh
# The benches' peers: llama-server and llama-batched-bench, from the sources that our llama-cpp-python was built from.
# `make peer` runs this; it takes 20 minutes on two cores the first time. They come to $PEER/build/bin (.peer).
# As ours is built by default, less two things that no job needs (HTTPS, the web page), and less AMX, which GCC before 14
# miscompiles: ours has those kernels and leaves them alone (drivers/llama_native.py), these would use them and crash.
set -eu
python=${1:-.venv/bin/python}
peer=${PEER:-.peer}
version=$("$python" -c 'from importlib.metadata import version; print(version("llama-cpp-python"))')
sources=$peer/llama_cpp_python-$version
mkdir -p "$peer"
if [ ! -d "$sources" ]; then
  "$python" -m pip download --quiet --no-binary llama-cpp-python --no-deps --dest "$peer" "llama-cpp-python==$version"
  tar -xzf "$peer/llama_cpp_python-$version.tar.gz" -C "$peer"
fi
no_amx=
case $(uname -m) in x86_64 | amd64) no_amx="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16" ;; esac
cmake -S "$sources/vendor/llama.cpp" -B "$peer/build" -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON \
  -DCMAKE_C_FLAGS="$no_amx" -DCMAKE_CXX_FLAGS="$no_amx" -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_UI=OFF \
  -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF
cmake --build "$peer/build" --parallel "$(nproc)" --target llama-server llama-batched-bench
echo "built: python bench/run.py --llama-server $peer/build/bin/llama-server"
