@echo off
rem For a double click: runs what can be run, and stays open so that it can be read.
rem With words after it, as in  run.bat status  it passes them on.
setlocal
rem UTF-8, or an old console shows Chinese as question marks.
chcp 65001 >nul
rem The folder of this file, on a network drive too.
pushd "%~dp0"
if "%~1"=="" (
  .\tiexi.exe run
) else (
  .\tiexi.exe %*
)
set code=%errorlevel%
popd
echo.
pause
exit /b %code%
