# SPDX-License-Identifier: GPL-2.0-or-later
"""Our documents: pictures, web pages, and whether they name what there is."""
